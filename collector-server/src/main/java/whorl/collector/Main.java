package whorl.collector;

import java.time.InstantSource;
import whorl.collector.cli.RootCommand;
import whorl.collector.cli.Session;
import whorl.collector.custody.OfflineVerifier;

/** The program: the server and the command line. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    OfflineVerifier verifier = new OfflineVerifier(InstantSource.system());
    System.exit(RootCommand.commandLine(Session.system(), verifier::verify).execute(args));
  }
}
