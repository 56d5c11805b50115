package whorl.dist.program;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/** Leaves files behind as an intruder does, then starts what raises an alert. */
public final class Dropper {
  /** The size of a page, so that a mapping shows all of it. */
  private static final int PAGE_BYTES = 4096;

  private Dropper() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Files.createFile(folder.resolve("dropped.sh"));
    // The kernel's clock of files goes in ticks: born and written within one, it seems changed.
    Thread.sleep(50);
    Files.writeString(folder.resolve("dropped.sh"), "#!/bin/sh\nid\n");
    Files.setPosixFilePermissions(
        folder.resolve("dropped.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(folder.resolve("config.properties"), "changed=true\n");
    Files.writeString(folder.resolve("a|b%c"), "a name with a bar\n");
    Files.write(folder.resolve("large.bin"), new byte[5 << 20]);
    Files.createSymbolicLink(folder.resolve("link"), Path.of("config.properties"));
    FileChannel open =
        deleted(folder.resolve("open.txt"), "deleted but open\n".getBytes(StandardCharsets.UTF_8));
    FileChannel locked =
        FileChannel.open(
            folder.resolve("locked"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock = locked.lock();
    FileChannel database =
        FileChannel.open(
            folder.resolve("database"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    MappedByteBuffer mapped = mapped(folder.resolve("mapped.bin"));
    try {
      Process started = new ProcessBuilder("/no/such/sh", "-c", "id").start();
      throw new IllegalStateException("that was started: " + started);
    } catch (IOException expected) {
      System.out.println("no shell");
    }
    Signal.await(folder.resolve("done"));
    System.out.println("locked: " + stillLocked(folder.resolve("locked")));
    lock.release();
    locked.close();
    database.close();
    open.close();
    System.out.println(mapped.get(0));
  }

  /** As the kernel has it: {@code FileLock.isValid} would not know. */
  private static boolean stillLocked(Path file) throws IOException {
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(line -> line.contains("POSIX") && line.contains(inode));
  }

  private static FileChannel deleted(Path file, byte[] content) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer buffer = ByteBuffer.wrap(content);
    while (buffer.hasRemaining()) {
      int unused = channel.write(buffer);
    }
    Files.delete(file);
    return channel;
  }

  /** Mapped, closed and deleted: only the mapping holds it. */
  private static MappedByteBuffer mapped(Path file) throws IOException {
    byte[] content = new byte[PAGE_BYTES];
    Arrays.fill(content, (byte) 'm');
    Files.write(file, content);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, PAGE_BYTES);
      Files.delete(file);
      return mapped;
    }
  }
}
