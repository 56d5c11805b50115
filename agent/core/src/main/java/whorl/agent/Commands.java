package whorl.agent;

import java.util.function.Consumer;
import whorl.agent.ship.CommandListener;
import whorl.evidence.CollectorMessage;

/** What the collector asks for, handed to captures, which are made after the way to it. */
final class Commands implements CommandListener {
  private volatile Consumer<CollectorMessage.StartCapture> captures = request -> {};

  /** Must come before the shipper starts. */
  void connect(Consumer<CollectorMessage.StartCapture> captures) {
    this.captures = captures;
  }

  @Override
  public void capture(CollectorMessage.StartCapture request) {
    captures.accept(request);
  }
}
