package whorl.collector.earlier;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import whorl.collector.custody.verify.BagLayout;
import whorl.collector.store.disk.DataFolder;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.StoredArtifact;

/** The bag that version 0.1.0 made, and what that version said of it. */
final class EarlierBag {
  private EarlierBag() {}

  /** Copies the bag as it is into this folder and returns the zip. */
  static Path copy(Path folder) throws IOException {
    Path zip = folder.resolve("bag.zip");
    try (InputStream in = resource("bag.zip")) {
      Files.copy(in, zip);
    }
    return zip;
  }

  /** Unpacks the bag into this folder and returns the bag's own folder. */
  static Path unpack(Path folder) throws IOException {
    try (ZipInputStream in = new ZipInputStream(resource("bag.zip"), StandardCharsets.UTF_8)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isDirectory()) {
          Path target = folder.resolve(entry.getName());
          Files.createDirectories(target.getParent());
          Files.copy(in, target);
        }
      }
    }
    try (var bags = Files.list(folder)) {
      return bags.findFirst().orElseThrow();
    }
  }

  static EvidenceRecord record(Path bag) throws IOException {
    return EvidenceRecord.parse(Files.readAllBytes(bag.resolve(BagLayout.RECORD)));
  }

  /** The custody log's lines about the evidence. */
  static List<byte[]> custody(Path bag) throws IOException {
    return Files.readAllLines(bag.resolve(BagLayout.CUSTODY)).stream()
        .map(line -> line.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** Puts the record, byte for byte, and the contents where a collector keeps them. */
  static void store(Path bag, DataFolder data) throws IOException {
    EvidenceRecord record = record(bag);
    for (StoredArtifact artifact : record.artifacts()) {
      Path blob = data.blob(artifact.sha256());
      Files.createDirectories(blob.getParent());
      if (!Files.exists(blob)) {
        Files.copy(bag.resolve(BagLayout.PAYLOAD + artifact.name().value()), blob);
      }
    }
    Files.createDirectories(data.evidence(record.id()));
    Files.copy(bag.resolve(BagLayout.RECORD), data.record(record.id()));
  }

  /** The counts in this file: lines of a name and a number. */
  static Map<String, Long> counts(String file) throws IOException {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (String line : lines(file)) {
      String[] parts = line.split(",");
      counts.put(parts[0], Long.valueOf(parts[1]));
    }
    return counts;
  }

  /** The lines of this file. */
  static List<String> lines(String file) throws IOException {
    try (InputStream in = resource(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = EarlierBag.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("no such resource: " + name);
    }
    return in;
  }
}
