package whorl.collector.cli.client;

import org.jspecify.annotations.Nullable;

/**
 * A response of any status.
 *
 * @param date the header of that name; null without
 */
public record Answer(int status, @Nullable String date, String text) {}
