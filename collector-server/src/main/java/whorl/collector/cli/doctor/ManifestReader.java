package whorl.collector.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.collector.cli.client.Problems;
import whorl.collector.cli.terminal.CliException;
import whorl.collector.inject.ManifestChecks;
import whorl.collector.maintenance.Check;
import whorl.evidence.Json;

/** Reads manifests as {@code kubectl get -o json} prints them, one or several in a file. */
final class ManifestReader {
  /** The limit for all files together; the pods of a large cluster are some tens of MiB. */
  private static final long MAX_BYTES = 512L << 20;

  private final List<Path> files;
  private final @Nullable Path injection;

  /**
   * @param files none for standard input
   * @param injection the description of the injection; null for that of the manifests, or the usual
   */
  ManifestReader(List<Path> files, @Nullable Path injection) {
    this.files = files;
    this.injection = injection;
  }

  /** Returns the checks, or ends the command if a file cannot be read. */
  List<Check> checks() {
    List<JsonNode> objects = new ArrayList<>();
    try {
      if (files.isEmpty()) {
        read(System.in, objects);
      }
      long bytes = 0;
      for (Path file : files) {
        bytes += Files.size(file);
        if (bytes > MAX_BYTES) {
          throw new IOException("the manifests are larger than " + (MAX_BYTES >> 20) + " MiB");
        }
        try (InputStream in = Files.newInputStream(file)) {
          read(in, objects);
        }
      }
      return ManifestChecks.of(objects, injection == null ? null : Files.readAllBytes(injection));
    } catch (IOException | IllegalArgumentException e) {
      throw CliException.usage(
          "the manifests cannot be read: " + Problems.text(e),
          "give what `kubectl get pods,namespaces,networkpolicies -A -o json` prints");
    }
  }

  private static void read(InputStream in, List<JsonNode> objects) throws IOException {
    try (MappingIterator<JsonNode> all = Json.LENIENT.readerFor(JsonNode.class).readValues(in)) {
      while (all.hasNextValue()) {
        JsonNode each = all.nextValue();
        if (each.path("items").isArray()) {
          each.path("items").forEach(objects::add);
        } else {
          objects.add(each);
        }
      }
    }
  }
}
