"""What the program needs of the machine: paths, files, processes, threads, network, hardware."""
