package whorl.collector.analysis.trail;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.rows.Phrases;
import whorl.collector.analysis.rows.RowDispatcher;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.analysis.stack.Frames;
import whorl.collector.analysis.stack.Library;
import whorl.collector.store.disk.Lines;
import whorl.collector.store.objects.EvidenceRecord;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.timeline.Column;
import whorl.collector.timeline.Timeline;
import whorl.evidence.ArtifactName;
import whorl.evidence.Json;

/** The jars of the libraries on the stacks of entry points. */
public final class Jars {
  private static final ArtifactName CLASSES = new ArtifactName("classes.ndjson");
  private static final ArtifactName LIBRARIES = new ArtifactName("libraries.cdx.json");
  private static final long MAX_BYTES = 256L << 20;
  private static final long LIBRARIES_MAX_BYTES = 32L << 20;
  private static final int LINE_MAX_BYTES = 16_384;
  private static final int TYPES_MAX = 500;
  private static final Pattern NAME =
      Pattern.compile("^\\{\\s*\"name\"\\s*:\\s*\"([^\"\\\\]{1,512})\"");

  /** The end is possessive: of a repeated group, each repetition would take room on the stack. */
  private static final Pattern JAR = Pattern.compile("([^/\\\\!]{1,200}\\.jar)(?:!/?)*+$");

  private static final Pattern VERSION = Pattern.compile("-(\\d[\\w.+-]{0,60})\\.jar$");

  private final Map<String, Place> places = new HashMap<>();
  private BillOfMaterials bill = BillOfMaterials.NONE;

  /**
   * The jar of a class.
   *
   * @param path as in {@link BillOfMaterials#path}; null if it is not known
   * @param row the row that shows the jar; null if an artifact does
   */
  record Place(String jar, @Nullable String path, @Nullable RowView row) {}

  /** Finds the jars of all libraries in this trail. */
  static Jars of(Trail trail, Timeline timeline, EvidenceRecord evidence, ReadArtifacts artifacts)
      throws IOException {
    Set<String> types = new HashSet<>();
    boolean inventoried = artifacts.has(LIBRARIES);
    for (EntryPoint entryPoint : trail.entryPoints()) {
      for (Library.Use use : entryPoint.libraries()) {
        if (types.size() < TYPES_MAX) {
          types.add(use.type());
        }
      }
      String caller = inventoried ? entryPoint.caller() : null;
      if (caller != null && types.size() < TYPES_MAX) {
        types.add(caller);
      }
    }
    Jars jars = new Jars();
    if (!types.isEmpty()) {
      jars.loaded(types, timeline, evidence);
      jars.listed(types, artifacts);
      jars.inventory(artifacts);
    }
    return jars;
  }

  /**
   * Returns {@code XStream 1.4.5 (com.thoughtworks.xstream:xstream, xstream-1.4.5.jar)}, without
   * what is not known.
   */
  public String described(Library.Use use) {
    Place place = places.get(use.type());
    if (place == null) {
      return use.library().title();
    }
    BillOfMaterials.Component component =
        place.path() == null ? null : bill.of(place.path(), use.type());
    Matcher named = VERSION.matcher(place.jar());
    String version =
        component != null && component.version() != null
            ? component.version()
            : named.find() ? named.group(1) : null;
    return use.library().title()
        + (version == null ? "" : " " + Phrases.cut(version, 40))
        + " ("
        + (component == null ? "" : Phrases.cut(component.coordinates(), 80) + ", ")
        + (component != null && component.packed() ? "packed into " : "")
        + Phrases.cut(place.jar(), 80)
        + ")";
  }

  /**
   * Returns a sentence about the code next to these events, which no known library explains; empty
   * if its library is unknown.
   */
  public String caller(Collection<EntryPoint> entryPoints) {
    for (EntryPoint entryPoint : entryPoints) {
      String caller = entryPoint.caller();
      Place place = caller == null ? null : places.get(caller);
      if (caller != null && place != null && place.path() != null) {
        BillOfMaterials.Component component = bill.of(place.path(), caller);
        if (component != null) {
          return " The code that did it is "
              + Phrases.cut(caller, 120)
              + " of "
              + Phrases.cut(component.coordinates(), 80)
              + (component.version() == null ? "" : " " + Phrases.cut(component.version(), 40))
              + " ("
              + Phrases.cut(place.jar(), 80)
              + ").";
        }
      }
    }
    return "";
  }

  /** Reads {@code libraries.cdx.json}, if this evidence has it. */
  private void inventory(ReadArtifacts artifacts) throws IOException {
    try (EvidenceStore.Content content = artifacts.open(LIBRARIES, LIBRARIES_MAX_BYTES)) {
      if (content != null) {
        try (InputStream libraries = Files.newInputStream(content.file())) {
          inventory(libraries);
        }
      }
    }
  }

  /** Reads the document. */
  void inventory(InputStream libraries) throws IOException {
    bill = BillOfMaterials.read(libraries);
  }

  /** Returns the row that shows the jar, or null. */
  public @Nullable RowView row(Library.Use use) {
    Place place = places.get(use.type());
    return place == null ? null : place.row();
  }

  private void loaded(Set<String> types, Timeline timeline, EvidenceRecord evidence)
      throws IOException {
    RowDispatcher rowDispatcher = new RowDispatcher();
    rowDispatcher.subscribe(
        List.of("whorl.ClassLoad"),
        row -> {
          String type = Frames.plain(row.textOr(Column.CLASS_NAME, "className"));
          if (types.contains(type)) {
            put(type, row.field("codeSource"), row);
          }
        });
    rowDispatcher.read(timeline, evidence.id());
  }

  /** Reads {@code classes.ndjson} for classes that were loaded before the recording begins. */
  private void listed(Set<String> types, ReadArtifacts artifacts) throws IOException {
    if (places.keySet().containsAll(types)) {
      return;
    }
    try (EvidenceStore.Content content = artifacts.open(CLASSES, MAX_BYTES)) {
      if (content != null) {
        listed(types, Files.newInputStream(content.file()));
      }
    }
  }

  /** Reads the lines of {@code classes.ndjson}. */
  public void listed(Set<String> types, InputStream classes) throws IOException {
    try (Lines lines = new Lines(classes, LINE_MAX_BYTES)) {
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        String text = new String(line, StandardCharsets.UTF_8);
        Matcher name = NAME.matcher(text);
        if (name.lookingAt() && types.contains(name.group(1)) && !lines.cut()) {
          put(name.group(1), source(text), null);
        }
      }
    }
  }

  /** Returns the class's code source, or null if the line is damaged or has none. */
  private static @Nullable String source(String line) {
    try {
      JsonNode source = Json.LENIENT.readTree(line).path("codeSource");
      return source.isTextual() ? source.textValue() : null;
    } catch (JacksonException damaged) {
      return null;
    }
  }

  private void put(String type, @Nullable String source, @Nullable RowView row) {
    if (source == null || source.length() > 4_096) {
      return;
    }
    Matcher jar = JAR.matcher(source);
    if (jar.find()) {
      places.putIfAbsent(type, new Place(jar.group(1), BillOfMaterials.path(source), row));
    }
  }
}
