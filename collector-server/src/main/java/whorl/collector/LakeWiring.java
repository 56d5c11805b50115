package whorl.collector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import whorl.collector.config.RecordsPlace;
import whorl.collector.http.server.Metrics;
import whorl.collector.lake.Lake;
import whorl.collector.lake.LakeSettings;
import whorl.collector.retention.PurgeListener;
import whorl.collector.store.database.Database;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.ObjectStore;

/** Wires the lake: what is indexed is appended to it, what is purged is removed. */
record LakeWiring(Lake lake) {
  /**
   * The existing parts that it needs.
   *
   * @param records where the catalog of evidence is; the lake's catalog is beside it
   * @param objects where the table's files go
   * @param root the location of the objects for other programs
   */
  record Parts(
      DataFolder folder,
      RecordsPlace records,
      Database database,
      ObjectStore objects,
      String root,
      EvidenceStore store,
      TimelineWiring timelines,
      InstantSource clock) {}

  /**
   * Makes the lake; it begins with {@link #start}.
   *
   * @param closing receives what must be closed, last opened first
   */
  static LakeWiring open(
      Parts parts, Metrics metrics, Readiness readiness, List<AutoCloseable> closing) {
    Lake lake =
        new Lake(
            new Lake.Dependencies(
                parts.database(),
                parts.objects(),
                parts.store(),
                parts.timelines().timeline(),
                parts.folder().exports().resolve("lake"),
                parts.clock()),
            settings(parts.records(), parts.root(), parts.folder()));
    closing.add(0, lake);
    parts.timelines().index().onReady(lake::indexed);
    register(metrics, lake);
    readiness.addOptional(lake::problem);
    return new LakeWiring(lake);
  }

  /** Starts with evidence that is not in the lake yet. */
  void start() throws IOException {
    lake.start();
  }

  /** The listeners for purged evidence. */
  List<PurgeListener> purgeListeners() {
    return List.of((evidence, reason) -> lake.purged(evidence));
  }

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
