package whorl.collector.wiring;

import java.io.IOException;
import whorl.collector.config.PeopleLogin;
import whorl.collector.notify.Notify;
import whorl.collector.wiring.base.Foundation;

/** Notifications of other systems. */
public final class NotifyWiring {
  private NotifyWiring() {}

  public static Notify open(Foundation base) throws IOException {
    PeopleLogin people = base.config().people();
    String collector = base.sharing().collector();
    return Notify.open(
        new Notify.Parts(
            base.config().notifyFile(),
            people == null ? null : people.page(),
            base.database(),
            base.ledgerTime(),
            collector == null ? "alone" : collector,
            base.clock()),
        base.metrics(),
        base.closing());
  }
}
