"""What the laboratories of virtual people share: settings, trials, and the files they write."""
