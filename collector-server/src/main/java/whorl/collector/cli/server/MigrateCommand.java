package whorl.collector.cli.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.cli.terminal.CommandContext;
import whorl.collector.cli.terminal.ExitStatus;
import whorl.collector.cli.terminal.Progress;
import whorl.collector.config.ConfigException;
import whorl.collector.config.MigrateConfig;
import whorl.collector.config.MigrateOptions;
import whorl.collector.config.RecordsOptions;
import whorl.collector.migrate.MoveOutcome;
import whorl.collector.migrate.Watcher;

/** Moves a collector between a data folder and what several collectors share. */
@Command(
    name = "migrate",
    header = "Move a collector to a database and an object store, or back.",
    description = {
      "",
      "Moves everything of a data folder to a PostgreSQL database and an object store, which"
          + " several collectors share; with --back, everything to a new data folder. Evidence is"
          + " carried piece by piece, read back and verified; the custody log goes on as the same"
          + " log.",
      "",
      "Stop the collectors first. What is moved is only read, and at the end marked as moved, so"
          + " that no collector goes on with it. An interrupted run goes on when it is started"
          + " again; until it is complete, no collector starts with the destination.",
      "",
      "Each option can come from the environment, as for serve: WHORL_DATA, WHORL_RECORDS,"
          + " WHORL_OBJECTS, WHORL_CUSTODY_KEY. The database's user and password are in"
          + " WHORL_RECORDS_USER and WHORL_RECORDS_PASSWORD, or in the file that"
          + " WHORL_RECORDS_PASSWORD_FILE names.",
    },
    footer = {
      "%nExit status 3 when evidence or the custody log is damaged at the source; each is named. It"
          + " arrives as it is.",
      "%nExamples:",
      "  whorl migrate --data /data --records jdbc:postgresql://db/whorl --objects s3://evidence",
      "  whorl migrate --back --data /new --records jdbc:postgresql://db/whorl \\",
      "      --objects s3://evidence --custody-key log.key",
    },
    defaultValueProvider = ServeEnvironment.class)
@SuppressWarnings("NullAway.Init") // picocli sets the options
public final class MigrateCommand implements Callable<Integer> {
  /** Moves; implemented by the wiring. */
  @FunctionalInterface
  public interface Mover {
    /**
     * @throws IOException with a message that names the remedy
     */
    MoveOutcome move(MigrateConfig config, Watcher watcher) throws IOException;
  }

  private final CommandContext commandContext;
  private final Mover mover;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "./whorl-data",
      description = {
        "The data folder (${DEFAULT-VALUE}).",
        "With --back it is filled: not there yet, or empty."
      })
  private Path data;

  @Option(
      names = "--records",
      paramLabel = "URL",
      description = "The database: jdbc:postgresql://HOST:PORT/DATABASE.")
  private @Nullable String records;

  @Option(
      names = "--objects",
      paramLabel = "DIR|URL",
      description = "The object store: s3://BUCKET/PREFIX as for serve, or a folder.")
  private @Nullable String objects;

  @Option(
      names = "--custody-key",
      paramLabel = "FILE",
      description = {
        "The key that signs the custody log; it stays the same.",
        "Without it, DIR/custody/log.key; --back needs it."
      })
  private @Nullable Path custodyKey;

  @Option(names = "--back", description = "Move to the data folder instead of from it.")
  private boolean back;

  @Option(names = "--dry-run", description = "Say what would be moved, and change nothing.")
  private boolean dryRun;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = {
        "For temporary files; without it, the system's folder.",
        "It needs room for a copy of the databases and of the custody log."
      })
  private @Nullable Path work;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public MigrateCommand(CommandContext commandContext, Mover mover) {
    this.commandContext = commandContext;
    this.mover = mover;
  }

  @Override
  public Integer call() {
    MigrateConfig config;
    try {
      config =
          new MigrateOptions(
                  data,
                  RecordsOptions.of(records, commandContext.environment()),
                  objects,
                  custodyKey,
                  back,
                  dryRun,
                  work)
              .read();
    } catch (ConfigException wrong) {
      wrong.problems().forEach(problem -> commandContext.terminal().note("whorl: " + problem));
      return ExitStatus.WRONG_USAGE;
    }
    MoveOutcome outcome;
    try (Progress progress =
        Progress.of(json ? commandContext.notInteractive() : commandContext, "Migrate")) {
      outcome = mover.move(config, watcher(progress));
    } catch (IOException e) {
      throw CliException.failed("not moved: " + Problems.ownText(e), null);
    }
    return new MoveReport(outcome).print(commandContext.terminal(), json);
  }

  private static Watcher watcher(Progress progress) {
    return new Watcher() {
      @Override
      public void doing(String activity) {
        progress.doing(activity);
      }

      @Override
      public void bytes(long done, long of) {
        progress.bytes(done, of);
      }
    };
  }
}
