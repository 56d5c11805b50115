package groovy.lang;

/** Has of Groovy's class what the agent looks at. */
public class GroovyCodeSource {
  public String getScriptText() {
    return "1 + 1";
  }
}
