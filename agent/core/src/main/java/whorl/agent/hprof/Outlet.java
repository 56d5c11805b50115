package whorl.agent.hprof;

import java.io.IOException;
import java.io.OutputStream;

/**
 * The one place that writes the dump. At first it holds what comes; once it is open, all goes
 * through.
 */
final class Outlet implements Sink, AutoCloseable {
  private final OutputStream out;
  private final HeldRecords heldRecords;
  private boolean open;
  private long bytesOut;

  Outlet(OutputStream out, HoldBudget budget) {
    this.out = out;
    this.heldRecords = new HeldRecords(budget);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (open) {
      out.write(bytes, offset, length);
      bytesOut += length;
    } else {
      heldRecords.write(bytes, offset, length);
    }
  }

  /** Writes the head, then those names, then what was held, and holds nothing from now on. */
  void open(HprofHead head, NameTable names) throws IOException {
    open = true;
    write(head.raw(), 0, head.raw().length);
    names.emit(this);
    heldRecords.replay(this);
    heldRecords.close();
  }

  boolean isOpen() {
    return open;
  }

  long bytesOut() {
    return bytesOut;
  }

  @Override
  public void close() {
    heldRecords.close();
  }
}
