package whorl.collector.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * Stops at its n-th change, and does nothing from there on, as if the process had been killed. A
 * write that it stops at leaves half of its bytes behind.
 */
public final class FaultyDisk extends DelegatingDisk {
  private final int stopAt;
  private final boolean comesBack;
  private int changes;

  private FaultyDisk(int stopAt, boolean comesBack) {
    this.stopAt = stopAt;
    this.comesBack = comesBack;
  }

  /** Killed before the n-th change. */
  public static FaultyDisk killedAt(int change) {
    return new FaultyDisk(change, false);
  }

  /** Full at the n-th change, and then no longer. */
  public static FaultyDisk failingAt(int change) {
    return new FaultyDisk(change, true);
  }

  /** How many changes were asked for. */
  public int changes() {
    return changes;
  }

  public boolean stopped() {
    return changes >= stopAt;
  }

  private void change() throws IOException {
    changes++;
    if (changes == stopAt || (changes > stopAt && !comesBack)) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public void createFolders(Path folder) throws IOException {
    change();
    super.createFolders(folder);
  }

  @Override
  public FileChannel open(Path file) throws IOException {
    change();
    return super.open(file);
  }

  @Override
  public void write(FileChannel to, ByteBuffer from, long position) throws IOException {
    try {
      change();
    } catch (IOException e) {
      if (changes == stopAt) {
        from.limit(from.position() + from.remaining() / 2);
        super.write(to, from, position);
      }
      throw e;
    }
    super.write(to, from, position);
  }

  @Override
  public void truncate(FileChannel file, long size) throws IOException {
    change();
    super.truncate(file, size);
  }

  @Override
  public void force(FileChannel file) throws IOException {
    change();
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    change();
    super.move(from, to);
  }

  @Override
  public void linkOrCopy(Path from, Path to) throws IOException {
    change();
    super.linkOrCopy(from, to);
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    change();
  }

  @Override
  public void delete(Path path) throws IOException {
    change();
    super.delete(path);
  }
}
