package whorl.collector.alerts;

import java.util.List;
import whorl.collector.http.ProblemException;
import whorl.collector.http.Request;

/** How one kind of program speaks of alerts. Stateless. */
interface Dialect {
  /** Its name in the path and in {@link whorl.evidence.Alert#source}. */
  String name();

  /**
   * The alerts in this body; several in a batch, none in an empty one.
   *
   * @throws ProblemException 400 saying what is wrong
   */
  List<IncomingAlert> read(Request request, byte[] body);
}
