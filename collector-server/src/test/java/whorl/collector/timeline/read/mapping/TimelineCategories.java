package whorl.collector.timeline.read.mapping;

/** The categories of the timeline, for tests of other packages. */
public final class TimelineCategories {
  private TimelineCategories() {}

  /** The category of timeline rows of this event type. */
  public static String of(String eventType) {
    EventMapping mapping = EventMappings.find(eventType);
    return (mapping == null ? EventMappings.defaultMapping(eventType) : mapping).category();
  }
}
