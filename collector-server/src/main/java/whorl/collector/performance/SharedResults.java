package whorl.collector.performance;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import whorl.collector.store.objects.ObjectStore;
import whorl.collector.store.objects.shared.SharedKeys;
import whorl.evidence.Id;

/**
 * Results as objects, which every collector reads:
 *
 * <pre>
 * timeline/&lt;id&gt;/&lt;kind&gt;-&lt;build&gt;.json
 * </pre>
 *
 * They go with the timeline when the evidence is purged.
 */
final class SharedResults implements ResultStore {
  private final ObjectStore objects;

  SharedResults(ObjectStore objects) {
    this.objects = objects;
  }

  @Override
  public byte @Nullable [] read(Id evidence, String kind, String build) throws IOException {
    return objects.readSmall(key(evidence, kind, build), MAX_BYTES);
  }

  @Override
  public void write(Id evidence, String kind, String build, byte[] json) throws IOException {
    objects.put(key(evidence, kind, build), json);
  }

  @Override
  public void remove(Id evidence, String kind, String build) throws IOException {
    objects.delete(key(evidence, kind, build));
  }

  private static String key(Id evidence, String kind, String build) {
    return SharedKeys.timeline(evidence) + kind + "-" + build + ".json";
  }
}
