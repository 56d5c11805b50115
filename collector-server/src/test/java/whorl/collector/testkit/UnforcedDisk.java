package whorl.collector.testkit;

import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** For tests that pull no plug: nothing is waited for. */
public final class UnforcedDisk extends DelegatingDisk {
  @Override
  public void force(FileChannel file) {}

  @Override
  public void forceFolder(Path folder) {}
}
