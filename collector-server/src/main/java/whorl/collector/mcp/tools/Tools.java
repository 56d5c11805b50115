package whorl.collector.mcp.tools;

import java.util.List;
import java.util.stream.Stream;

/**
 * All tools. A new one is one more entry in the list of its subject, or one more list here. It says
 * its arguments with bounds, and reads with {@link Api}, so the caller's role and scope, quotas and
 * custody hold for it as for the route that it asks. What it returns has passed {@link Bounds} or
 * {@link ListPage}, which make it harmless and small.
 */
public final class Tools {
  private Tools() {}

  /** Returns them in the order in which they are listed. */
  public static List<Tool> all() {
    return Stream.of(
            AlertTools.all(),
            FleetTools.all(),
            EvidenceTools.all(),
            TimelineTools.all(),
            HuntTools.all(),
            CaseTools.all())
        .flatMap(List::stream)
        .toList();
  }
}
