"""What a network is judged by: each file has its own `judge`; a script has one."""
