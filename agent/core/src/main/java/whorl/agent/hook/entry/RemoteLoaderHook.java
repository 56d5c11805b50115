package whorl.agent.hook.entry;

import static whorl.agent.hook.weave.HookPoint.point;
import static whorl.agent.hook.weave.JoinPoint.entry;
import static whorl.agent.hook.weave.JoinPoint.onReturn;
import static whorl.agent.hook.weave.Operand.SELF;
import static whorl.agent.hook.weave.Operand.argument;

import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import whorl.agent.event.EntryReports;
import whorl.agent.event.EventSink;
import whorl.agent.hook.weave.Hook;
import whorl.agent.hook.weave.HookPoint;
import whorl.agent.hook.weave.ThreadState;

/** Class loaders that load classes from another host. */
public final class RemoteLoaderHook implements Hook {
  private static final String LOADER = "java/net/URLClassLoader";
  private static final int URLS_GIVEN = 0;
  private static final int MAX_URLS = 32;
  private static final Set<String> REMOTE = Set.of("http", "https", "ftp");

  private final EventSink sink;

  public RemoteLoaderHook(EventSink sink) {
    this.sink = sink;
  }

  @Override
  public String group() {
    return "class";
  }

  @Override
  public List<HookPoint> joinPoints() {
    return List.of(
        point(URLS_GIVEN, onReturn(LOADER, "<init>", "([Ljava/net/URL;", SELF, argument(0))),
        point(
            URLS_GIVEN,
            onReturn(LOADER, "<init>", "(Ljava/lang/String;[Ljava/net/URL;", SELF, argument(1))),
        point(URLS_GIVEN, entry(LOADER, "addURL", "(Ljava/net/URL;)", SELF, argument(0))));
  }

  @Override
  public void observe(int at, @Nullable Object[] values, ThreadState thread) {
    Object self = values[0];
    URL[] urls =
        values[1] instanceof URL[] many
            ? many
            : values[1] instanceof URL single ? new URL[] {single} : new URL[0];
    List<String> remote = null;
    for (URL url : urls) {
      if (url != null && isRemote(url)) {
        remote = remote == null ? new ArrayList<>() : remote;
        if (remote.size() < MAX_URLS) {
          remote.add(text(url));
        }
      }
    }
    if (remote != null && self != null) {
      EntryReports.loaderCreated(
          sink,
          self.getClass().getName() + "@" + Integer.toHexString(System.identityHashCode(self)),
          remote);
    }
  }

  /** Decides by the protocol, or for {@code jar:} by that of the jar; calls no URL handler. */
  private static boolean isRemote(URL url) {
    String protocol = url.getProtocol();
    return "jar".equals(protocol) ? JarAddress.isRemote(url.getFile()) : REMOTE.contains(protocol);
  }

  private static String text(URL url) {
    String host = url.getHost();
    return url.getProtocol()
        + ":"
        + (host == null || host.isEmpty() ? "" : "//" + host)
        + (url.getPort() < 0 ? "" : ":" + url.getPort())
        + url.getFile();
  }
}
