package whorl.agent.hprof;

import java.io.IOException;
import java.io.OutputStream;
import whorl.agent.hprof.held.HeldRecords;
import whorl.agent.hprof.held.HoldBudget;
import whorl.agent.hprof.held.Sink;

/**
 * The only writer of the dump. It first holds all bytes; once it is open, it passes them through.
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

  /** Writes the head, then those names, then the held bytes; from then on it holds nothing. */
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
