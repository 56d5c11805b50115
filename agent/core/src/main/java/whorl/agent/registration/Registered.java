package whorl.agent.registration;

import org.jspecify.annotations.Nullable;

/**
 * One thing that a server calls, as it is registered now.
 *
 * @param kind such as {@code filter}, {@code valve}, {@code spring-mapping}, {@code thread}
 * @param type the class of what is called
 * @param target what it is called for, such as a URL pattern
 * @param container the class of whatever it is registered with
 */
public record Registered(String kind, Class<?> type, @Nullable String target, String container) {}
