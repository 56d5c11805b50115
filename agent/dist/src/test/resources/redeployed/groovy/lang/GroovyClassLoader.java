package groovy.lang;

/** Has of Groovy's class what the agent looks at. */
public class GroovyClassLoader {
  public Class<?> parseClass(GroovyCodeSource source, boolean cached) {
    return source.getClass();
  }
}
