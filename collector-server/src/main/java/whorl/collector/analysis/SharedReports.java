package whorl.collector.analysis;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.shared.SharedKeys;
import whorl.evidence.Id;
import whorl.evidence.Json;

/**
 * Reports as objects, which every collector reads. The key names the version of the analyses and
 * the build of the timeline:
 *
 * <pre>
 * timeline/&lt;id&gt;/findings-&lt;version&gt;-&lt;build&gt;.json
 * </pre>
 *
 * So collectors of two versions do not overwrite each other's reports, and a timeline that was made
 * anew has no report yet. They go with the timeline when the evidence is purged.
 */
public final class SharedReports implements ReportStore {
  private static final Logger LOG = LoggerFactory.getLogger(SharedReports.class);
  private static final int OBJECT_MAX_BYTES = 32 << 20;

  private final ObjectStore objects;
  private final Builds builds;

  /** Names the present timeline of evidence. */
  @FunctionalInterface
  public interface Builds {
    /** A digest; null if there is no timeline. */
    @Nullable String of(Id evidence) throws IOException;
  }

  public SharedReports(ObjectStore objects, Builds builds) {
    this.objects = objects;
    this.builds = builds;
  }

  @Override
  public @Nullable String build(Id evidence) throws IOException {
    return builds.of(evidence);
  }

  @Override
  public @Nullable KeptReport read(Id evidence, String build) throws IOException {
    byte[] json = objects.readSmall(key(evidence, build), OBJECT_MAX_BYTES);
    if (json == null) {
      return null;
    }
    try {
      return Json.LENIENT.readValue(json, KeptReport.class);
    } catch (com.fasterxml.jackson.core.JacksonException incompatible) {
      LOG.info("evidence {}: its findings are computed again", evidence);
      return null;
    }
  }

  @Override
  public void write(Id evidence, String build, KeptReport report) throws IOException {
    String key = key(evidence, build);
    objects.put(key, Json.bytes(report));
    for (ObjectStore.ObjectFacts each : earlier(evidence)) {
      if (!each.key().equals(key)) {
        objects.delete(each.key());
      }
    }
  }

  /** Removes the reports of purged evidence that one of several collectors was computing. */
  void remove(Id evidence) throws IOException {
    for (ObjectStore.ObjectFacts each : earlier(evidence)) {
      objects.delete(each.key());
    }
  }

  private List<ObjectStore.ObjectFacts> earlier(Id evidence) throws IOException {
    return objects.list(prefix(evidence), "", ObjectStore.PAGE_MAX);
  }

  private static String prefix(Id evidence) {
    return SharedKeys.timeline(evidence) + "findings-" + Analyses.VERSION + "-";
  }

  private static String key(Id evidence, String build) {
    return prefix(evidence) + build + ".json";
  }
}
