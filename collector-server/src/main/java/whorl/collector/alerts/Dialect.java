package whorl.collector.alerts;

import java.util.List;
import whorl.collector.http.request.ProblemException;
import whorl.collector.http.request.Request;

/** The webhook format of one kind of program. Stateless. */
interface Dialect {
  /** Returns its name, as used in the path and in {@link whorl.evidence.Alert#source}. */
  String name();

  /**
   * Returns the alerts of this body: several of a batch, none of an empty one.
   *
   * @throws ProblemException 400 naming the problem
   */
  List<IncomingAlert> read(Request request, byte[] body);
}
