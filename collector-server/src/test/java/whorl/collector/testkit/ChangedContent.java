package whorl.collector.testkit;

import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import whorl.collector.store.objects.EvidenceStore;
import whorl.collector.store.objects.WrongContentException;
import whorl.evidence.Digest;

/** A store whose content is in an object store, where somebody has changed some of it. */
public final class ChangedContent {
  private static final byte[] OTHER = "changed".getBytes(StandardCharsets.UTF_8);

  private ChangedContent() {}

  /**
   * @param changed may be added to later
   */
  public static EvidenceStore of(EvidenceStore store, Set<Digest> changed) {
    return (EvidenceStore)
        Proxy.newProxyInstance(
            ChangedContent.class.getClassLoader(),
            new Class<?>[] {EvidenceStore.class},
            (proxy, method, arguments) -> {
              if (arguments != null && arguments[0] instanceof Digest at && changed.contains(at)) {
                switch (method.getName()) {
                  case "localFile":
                    return null;
                  case "read":
                    return new ByteArrayInputStream(OTHER);
                  case "content":
                    throw new WrongContentException(at, Digest.of(OTHER));
                  default:
                    // as for all others
                }
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
