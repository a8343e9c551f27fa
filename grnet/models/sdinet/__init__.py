"""The networks of the SDINet paper (2022): of image pairs, of joint histograms, and the fusion of both."""
