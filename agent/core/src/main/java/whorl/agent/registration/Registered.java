package whorl.agent.registration;

import org.jspecify.annotations.Nullable;

/**
 * One component that a server calls, as it is registered now.
 *
 * @param kind such as {@code filter}, {@code valve}, {@code spring-mapping}, {@code thread}
 * @param type the class of the component
 * @param target what it is called for, such as a URL pattern
 * @param container the class of the object that it is registered with
 */
public record Registered(String kind, Class<?> type, @Nullable String target, String container) {}
