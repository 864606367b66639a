"""The Latent and Latent SVM views and their parts."""
