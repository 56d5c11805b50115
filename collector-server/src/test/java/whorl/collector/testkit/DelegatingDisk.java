package whorl.collector.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import whorl.collector.store.disk.Disk;

/** The local disk, with something to be done otherwise by whoever extends this. */
public class DelegatingDisk implements Disk {
  @Override
  public void createFolders(Path folder) throws IOException {
    LOCAL.createFolders(folder);
  }

  @Override
  public FileChannel open(Path file) throws IOException {
    return LOCAL.open(file);
  }

  @Override
  public void write(FileChannel to, ByteBuffer from, long position) throws IOException {
    LOCAL.write(to, from, position);
  }

  @Override
  public void truncate(FileChannel file, long size) throws IOException {
    LOCAL.truncate(file, size);
  }

  @Override
  public void force(FileChannel file) throws IOException {
    LOCAL.force(file);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    LOCAL.move(from, to);
  }

  @Override
  public void linkOrCopy(Path from, Path to) throws IOException {
    LOCAL.linkOrCopy(from, to);
  }

  @Override
  public void forceFolder(Path folder) throws IOException {
    LOCAL.forceFolder(folder);
  }

  @Override
  public void delete(Path path) throws IOException {
    LOCAL.delete(path);
  }
}
