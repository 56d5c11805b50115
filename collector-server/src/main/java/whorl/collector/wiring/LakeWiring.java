package whorl.collector.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import whorl.collector.config.RecordsPlace;
import whorl.collector.http.server.Metrics;
import whorl.collector.lake.Lake;
import whorl.collector.lake.LakeSettings;
import whorl.collector.retention.PurgeListener;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.wiring.base.Foundation;

/**
 * The lake: what is indexed is appended to it, what is purged is removed.
 *
 * @param lake null if there is none
 */
public record LakeWiring(@Nullable Lake lake) {
  /** Creates the lake if it is set; it begins with {@link #start}. */
  public static LakeWiring open(Foundation base, TimelineWiring timelines) throws IOException {
    if (!base.config().lake()) {
      return new LakeWiring(null);
    }
    DataFolder folder = base.folder();
    Lake lake =
        new Lake(
            new Lake.Dependencies(
                base.database(),
                base.objects().forLake(folder),
                base.store(),
                timelines.timeline(),
                folder.exports().resolve("lake"),
                base.clock()),
            settings(base.config().records(), base.objects().location(folder), folder));
    base.closeFirst(lake);
    timelines.index().onReady(lake::indexed);
    register(base.metrics(), lake);
    base.readiness().addOptional(lake::problem);
    return new LakeWiring(lake);
  }

  /** Starts with evidence that is not in the lake yet. */
  public void start() throws IOException {
    if (lake != null) {
      lake.start();
    }
  }

  /** Called when evidence is purged. */
  public PurgeListener purgeListener() {
    return (evidence, why) -> {
      if (lake != null) {
        lake.purged(evidence);
      }
    };
  }

  /**
   * Where the lake's catalog is: beside the catalog of evidence.
   *
   * @param root the location of the objects for other programs
   */
  private static LakeSettings settings(RecordsPlace records, String root, DataFolder folder) {
    if (records instanceof RecordsPlace.Postgres postgres) {
      Path file = postgres.passwordFile();
      String password = postgres.password();
      return LakeSettings.postgres(
          root,
          postgres.url(),
          postgres.user(),
          file != null
              ? () -> Files.readString(file).strip()
              : password != null ? () -> password : null);
    }
    Path beside = ((RecordsPlace.Folder) records).folder();
    return LakeSettings.sqlite(root, beside.resolve(folder.lake().getFileName()));
  }

  private static void register(Metrics metrics, Lake lake) {
    metrics.gauge("whorl_lake_waiting", "Evidence to append to the lake.", lake::waiting);
    metrics.gauge("whorl_lake_failing", "Evidence that failed there.", lake::failing);
    metrics.counter(
        "whorl_lake_failures_total", "Attempts at the lake that are repeated.", lake::failures);
  }
}
