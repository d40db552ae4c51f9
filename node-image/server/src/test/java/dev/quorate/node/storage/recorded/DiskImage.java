package dev.quorate.node.storage.recorded;

import dev.quorate.raft.check.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The content of a disk; a parent comes before what is in it. */
public record DiskImage(List<String> directories, SortedMap<String, Bytes> files) {
  public void writeTo(Path target) throws IOException {
    Files.createDirectories(target);
    for (var directory : directories) {
      Files.createDirectory(target.resolve(directory));
    }
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      Files.write(target.resolve(file.getKey()), file.getValue().array());
    }
  }
}
