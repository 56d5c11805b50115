package whorl.collector.export;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import whorl.collector.custody.log.LogLine;
import whorl.collector.custody.proof.LogProof;
import whorl.collector.custody.proof.Stamped;
import whorl.collector.custody.verify.BagLayout;
import whorl.collector.custody.verify.ManifestCheck;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.StoredArtifact;
import whorl.evidence.ArtifactName;
import whorl.evidence.Digest;
import whorl.evidence.Json;

/**
 * Writes one piece of evidence as a zipped bag: the layout of {@link BagLayout} in a single folder,
 * as RFC 8493 requires. The same evidence, custody and proof give the same bytes: entries are
 * ordered and have the time of the seal. Damaged content is written as it is and lost content is
 * left out; the bag's manifests reveal both.
 */
final class BagWriter {
  private static final String README =
      """
      Evidence of a Java process, taken by Whorl. The folder is a bag (BagIt 1.0, RFC 8493).

      data/                what was captured: the recording, threads, classes, files and so on.
                           What is in data/files and data/classes may be the intruder's: do not
                           start it.
      data/manifest.json   the agent's list of these files with their SHA-256, signed in
                           data/manifest.dsse.json
      evidence.json        what the collector knows of it
      custody.ndjson       what was done with it, when and by whom; the other custody files prove
                           that these entries are in the collector's log

      Is every file as it was when the bag was made? In this folder:

          sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt

      Is it what the agent signed, and what the collector kept? With Java 17 or newer, and the
      whorl-collector.jar of a release; BAG is the zip or this folder:

          java -jar whorl-collector.jar verify BAG

      It says verified, or NOT verified with the name of what is wrong, and why.

      A bag brings its keys along, so this alone does not show who made it. Ask the operator of the
      collector for the key of the custody log, by another way than the bag came, and compare. The
      command `whorl custody` prints it there:

          java -jar whorl-collector.jar verify BAG --log-key 'KEY'

      Read it in a browser, on this machine alone:

          java -jar whorl-collector.jar open BAG

      Without Whorl: data/recording.jfr opens in JDK Mission Control; the rest is text, JSON, gzip.
      Files that end with .age are encrypted: age and the recipient's key open them.
      """;

  private final EvidenceStore store;

  BagWriter(EvidenceStore store) {
    this.store = store;
  }

  /** The name of the bag's folder; with {@code .zip}, of its file. */
  static String name(EvidenceRecord record) {
    return "whorl-" + record.id();
  }

  /**
   * @param recordBytes {@code evidence.json}, unchanged
   * @param custody the evidence's lines of the custody log
   * @param proof that they are in the log; null if there is none
   */
  void write(
      EvidenceRecord record,
      byte[] recordBytes,
      List<LogLine> custody,
      @Nullable LogProof proof,
      OutputStream out)
      throws IOException {
    Map<String, byte[]> tags = tags(record, recordBytes, custody);
    if (proof != null) {
      tags.putAll(proofFiles(proof));
    }
    tags.put(BagLayout.TAG_MANIFEST, tagManifest(tags));
    String base = name(record) + "/";
    LocalDateTime time = LocalDateTime.ofInstant(record.sealedAt(), ZoneOffset.UTC);
    ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8);
    zip.setLevel(Deflater.BEST_SPEED);
    for (Map.Entry<String, byte[]> tag : tags.entrySet()) {
      zip.putNextEntry(entry(base + tag.getKey(), time));
      zip.write(tag.getValue());
      zip.closeEntry();
    }
    for (StoredArtifact artifact : record.artifacts()) {
      try (InputStream content = store.read(artifact.sha256(), 0)) {
        zip.putNextEntry(entry(base + BagLayout.PAYLOAD + artifact.name(), time));
        content.transferTo(zip);
        zip.closeEntry();
      } catch (NoSuchFileException lost) {
        continue;
      }
    }
    zip.finish();
    zip.flush();
  }

  private static Map<String, byte[]> proofFiles(LogProof proof) {
    Map<String, byte[]> files = new TreeMap<>();
    files.put(BagLayout.CHECKPOINT, proof.checkpoint().bytes());
    files.put(BagLayout.LOG_KEY, utf8(proof.key() + "\n"));
    files.put(BagLayout.PROOFS, Json.bytes(proof.paths()));
    Stamped stamped = proof.stamped();
    if (stamped != null) {
      files.put(BagLayout.STAMPED, stamped.checkpoint().bytes());
      files.put(BagLayout.STAMP, stamped.response());
    }
    return files;
  }

  private Map<String, byte[]> tags(EvidenceRecord record, byte[] recordBytes, List<LogLine> custody)
      throws IOException {
    Map<String, byte[]> tags = new TreeMap<>();
    tags.put(BagLayout.DECLARATION, utf8(BagLayout.DECLARATION_TEXT));
    tags.put(BagLayout.BAG_INFO, utf8(bagInfo(record)));
    tags.put(BagLayout.README, utf8(README));
    tags.put(BagLayout.MANIFEST, payloadManifest(record));
    tags.put(BagLayout.RECORD, recordBytes);
    tags.put(BagLayout.CUSTODY, lines(custody));
    String key = agentKey(record);
    if (key != null) {
      tags.put(BagLayout.AGENT_KEY, utf8(key + "\n"));
    }
    return tags;
  }

  private static String bagInfo(EvidenceRecord record) {
    return "Bag-Software-Agent: Whorl\n"
        + "Bagging-Date: "
        + DateTimeFormatter.ISO_LOCAL_DATE.format(record.sealedAt().atOffset(ZoneOffset.UTC))
        + "\nExternal-Identifier: "
        + record.id()
        + "\nExternal-Description: "
        + record.reason().replaceAll("\\p{Cntrl}", " ")
        + "\nPayload-Oxum: "
        + record.totalBytes()
        + "."
        + record.artifacts().size()
        + "\n";
  }

  private static byte[] payloadManifest(EvidenceRecord record) {
    StringBuilder lines = new StringBuilder();
    for (StoredArtifact artifact : record.artifacts()) {
      lines
          .append(artifact.sha256())
          .append("  ")
          .append(BagLayout.PAYLOAD)
          .append(artifact.name())
          .append('\n');
    }
    return utf8(lines.toString());
  }

  private static byte[] tagManifest(Map<String, byte[]> tags) {
    StringBuilder lines = new StringBuilder();
    tags.forEach(
        (name, content) -> lines.append(Digest.of(content)).append("  ").append(name).append('\n'));
    return utf8(lines.toString());
  }

  private static byte[] lines(List<LogLine> custody) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (LogLine line : custody) {
      all.writeBytes(line.bytes());
      all.write('\n');
    }
    return all.toByteArray();
  }

  private @Nullable String agentKey(EvidenceRecord record) throws IOException {
    StoredArtifact manifest = record.artifact(ArtifactName.MANIFEST);
    if (manifest == null || manifest.size() > ManifestCheck.MANIFEST_MAX_BYTES) {
      return null;
    }
    try (InputStream content = store.read(manifest.sha256(), 0);
        JsonParser json = Json.LENIENT.createParser(content)) {
      return key(json);
    } catch (JacksonException damaged) {
      return null;
    }
  }

  /** Skips the rest of the manifest: parsed, it takes many times its bytes. */
  private static @Nullable String key(JsonParser manifest) throws IOException {
    String key = null;
    if (manifest.nextToken() == JsonToken.START_OBJECT) {
      for (String field = manifest.nextFieldName();
          field != null;
          field = manifest.nextFieldName()) {
        if (manifest.nextToken() == JsonToken.VALUE_STRING && field.equals("key")) {
          key = manifest.getText();
        }
        manifest.skipChildren();
      }
    }
    return key;
  }

  private static ZipEntry entry(String name, LocalDateTime time) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(time.withNano(0));
    return entry;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
