package whorl.collector.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;

/** A command that talks to a collector. */
abstract class RemoteCommand implements Callable<Integer> {
  private final Session session;

  @ArgGroup(
      validate = false,
      exclusive = false,
      heading = ConnectionOptions.HEADING,
      order = Integer.MAX_VALUE)
  private ConnectionOptions connection = new ConnectionOptions();

  RemoteCommand(Session session) {
    this.session = session;
  }

  @Override
  public final Integer call() {
    return run(connection.connect(session), session);
  }

  /** Does it; answers with an {@link ExitStatus}. */
  abstract int run(CollectorClient collector, Session session);
}
