package whorl.agent.hook.registration;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Servers and their parts that have started; everything registered with them can be reached from
 * these. Keeps none alive, holds the newest of each kind and takes no lock.
 */
public final class LiveRoots {
  private static final int MAX_PER_KIND = 64;

  /** The kind of a root. */
  public enum Kind {
    TOMCAT_CONTAINER,
    TOMCAT_CONNECTOR,
    TOMCAT_WEB_SOCKETS,
    JETTY_SERVER,
    UNDERTOW,
    UNDERTOW_DEPLOYMENT,
    SPRING_DISPATCHER,
    SPRING_MAPPING,
    SPRING_WEB_FILTERS,
    NETTY_SERVER,
    NETTY_PIPELINE,
    JDK_SERVER
  }

  private final Map<Kind, Recent> recent = new EnumMap<>(Kind.class);

  /** A ring of weak references. */
  private static final class Recent {
    final AtomicReferenceArray<WeakReference<Object>> ring =
        new AtomicReferenceArray<>(MAX_PER_KIND);
    final AtomicInteger next = new AtomicInteger();
  }

  public LiveRoots() {
    for (Kind kind : Kind.values()) {
      recent.put(kind, new Recent());
    }
  }

  /** Notes a root that has started; any thread. */
  public void note(Kind kind, Object root) {
    Recent of = of(kind);
    if (kind == Kind.NETTY_PIPELINE || !isKnown(kind, root)) {
      of.ring.set(
          Math.floorMod(of.next.getAndIncrement(), MAX_PER_KIND), new WeakReference<>(root));
    }
  }

  /** True if the root has started. */
  boolean isKnown(Kind kind, Object root) {
    Recent of = of(kind);
    for (int i = 0; i < MAX_PER_KIND; i++) {
      WeakReference<Object> reference = of.ring.get(i);
      if (reference != null && reference.refersTo(root)) {
        return true;
      }
    }
    return false;
  }

  /** True if any root of that kind has started. */
  boolean any(Kind kind) {
    return of(kind).next.get() > 0;
  }

  /** The roots that still exist. */
  public List<Object> of(Kind kind, int atMost) {
    List<Object> roots = new ArrayList<>();
    Recent of = of(kind);
    for (int i = 0; i < MAX_PER_KIND && roots.size() < atMost; i++) {
      WeakReference<Object> reference = of.ring.get(i);
      Object root = reference == null ? null : reference.get();
      if (root != null) {
        roots.add(root);
      }
    }
    return roots;
  }

  private Recent of(Kind kind) {
    Recent of = recent.get(kind);
    if (of == null) {
      throw new IllegalStateException("no room for " + kind);
    }
    return of;
  }
}
