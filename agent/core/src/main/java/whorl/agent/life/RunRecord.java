package whorl.agent.life;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a JVM stores about itself for the next one.
 *
 * @param workload service and namespace: the end is reported only to the same workload
 * @param errorFile {@code -XX:ErrorFile} as configured; null if it is not
 * @param recording the folder of JFR's chunks; null while there is none, or if another tool owns it
 */
record RunRecord(
    String workload,
    long pid,
    Instant startedAt,
    Path workingFolder,
    Path temporaryFolder,
    @Nullable String errorFile,
    @Nullable Path recording) {

  RunRecord withRecording(Path folder) {
    return new RunRecord(
        workload, pid, startedAt, workingFolder, temporaryFolder, errorFile, folder);
  }

  Properties toProperties() {
    Properties properties = new Properties();
    properties.setProperty("workload", workload);
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("startedAt", startedAt.toString());
    properties.setProperty("workingFolder", workingFolder.toString());
    properties.setProperty("temporaryFolder", temporaryFolder.toString());
    if (errorFile != null) {
      properties.setProperty("errorFile", errorFile);
    }
    if (recording != null) {
      properties.setProperty("recording", recording.toString());
    }
    return properties;
  }

  /** Returns null for properties that no agent wrote. */
  static @Nullable RunRecord of(Properties properties) {
    String workload = properties.getProperty("workload");
    String recording = properties.getProperty("recording");
    if (workload == null) {
      return null;
    }
    try {
      return new RunRecord(
          workload,
          Long.parseLong(properties.getProperty("pid", "")),
          Instant.parse(properties.getProperty("startedAt", "")),
          Path.of(properties.getProperty("workingFolder", "/")),
          Path.of(properties.getProperty("temporaryFolder", "/tmp")),
          properties.getProperty("errorFile"),
          recording == null ? null : Path.of(recording));
    } catch (IllegalArgumentException | DateTimeException invalid) {
      return null;
    }
  }
}
