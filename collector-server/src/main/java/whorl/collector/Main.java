package whorl.collector;

import java.time.InstantSource;
import picocli.CommandLine;
import whorl.collector.cli.RootCommand;
import whorl.collector.cli.evidence.Verifier;
import whorl.collector.cli.offline.OpenCommand;
import whorl.collector.cli.offline.ReportCommand;
import whorl.collector.cli.server.MigrateCommand;
import whorl.collector.cli.server.ServeCommand;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.custody.verify.OfflineVerifier;

/** The main class: the server and the command line. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    ServeCommand serve =
        new ServeCommand(
            (config, operatorMessages) ->
                CollectorServer.start(config, Wiring::open, operatorMessages));
    CommandContext context = CommandContext.system();
    Verifier verifier = new OfflineVerifier(InstantSource.system())::verify;
    return RootCommand.commandLine(
        context,
        verifier,
        serve,
        new MigrateCommand(context, MigrateWiring::move),
        new OpenCommand(context, verifier, CollectorServer::open),
        new ReportCommand(context, verifier, CollectorServer::open));
  }
}
