"""Small parts that panels and views share."""
