package dev.quorate.simulator.disk;

/** What a name stands for. */
public sealed interface DiskNode permits DiskFile, DiskDirectory {}
