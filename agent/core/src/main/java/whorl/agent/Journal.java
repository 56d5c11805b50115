package whorl.agent;

import whorl.agent.event.AgentEvent;
import whorl.agent.event.EventConsumer;
import whorl.agent.event.EventType;
import whorl.agent.ship.Shipper;

/**
 * The live journal: what tells a story goes to the collector as it happens, so that it outlives the
 * JVM by whatever end. What comes by the thousand (class loads, files read) stays in the ring, and
 * goes along with an alert.
 */
final class Journal implements EventConsumer {
  private static final int ACCESS = EventType.FILE_OPEN.indexOf("access");

  private final Shipper shipper;

  Journal(Shipper shipper) {
    this.shipper = shipper;
  }

  @Override
  public void accept(AgentEvent event) {
    if (wanted(event)) {
      shipper.journal(event.toLine());
    }
  }

  private static boolean wanted(AgentEvent event) {
    return switch (event.type()) {
      case FILE_OPEN -> !"read".equals(event.value(ACCESS));
      case CLASS_LOAD, CONSOLE, SOCKET_ACCEPT, HTTP_REQUEST, SELF_TEST -> false;
      default -> true;
    };
  }
}
