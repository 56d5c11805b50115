package whorl.collector.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The options of {@code migrate} as given on the command line. */
public record MigrateOptions(
    Path data,
    RecordsOptions records,
    @Nullable String objects,
    @Nullable Path custodyKey,
    boolean back,
    boolean dryRun,
    @Nullable Path work) {
  /**
   * Reads all options.
   *
   * @throws ConfigException with all problems
   */
  public MigrateConfig read() throws ConfigException {
    List<String> problems = new ArrayList<>();
    RecordsPlace recordsPlace = records.read(data, problems);
    if (!(recordsPlace instanceof RecordsPlace.Postgres) && problems.isEmpty()) {
      problems.add(
          "--records: the database that the collectors share,"
              + " jdbc:postgresql://host:5432/database");
    }
    ObjectsPlace objectsPlace =
        new ObjectsOptions(objects, null, ObjectsOptions.CACHE_SIZE).read(data, problems);
    if (!(objectsPlace instanceof ObjectsPlace.Shared)) {
      problems.add(
          "--objects: where the collectors share evidence, s3://bucket/prefix or a folder that all"
              + " of them mount");
    }
    if (back && custodyKey == null) {
      problems.add(
          "--custody-key: --back needs the file of the key that signs the custody log, as serve"
              + " has it");
    }
    if (!problems.isEmpty()
        || !(recordsPlace instanceof RecordsPlace.Postgres postgres)
        || !(objectsPlace instanceof ObjectsPlace.Shared shared)) {
      throw new ConfigException(problems);
    }
    return new MigrateConfig(data, postgres, shared, custodyKey, back, dryRun, work);
  }
}
