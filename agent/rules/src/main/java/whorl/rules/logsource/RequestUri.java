package whorl.rules.logsource;

import java.util.List;
import org.jspecify.annotations.Nullable;
import whorl.event.AgentEvent;
import whorl.event.EventType;
import whorl.rules.match.DerivedField;
import whorl.rules.match.RequiredTexts;

/** The path of a request, joined with its query, in one of several forms. */
final class RequestUri extends DerivedField {
  /** {@code /a.jsp?b=c}. */
  static final RequestUri WHOLE = new RequestUri(Form.WHOLE);

  /**
   * {@code b=c} and {@code /a.jsp?b=c}: the rules of SigmaHQ use the name of the query for either.
   */
  static final RequestUri QUERY_OR_WHOLE = new RequestUri(Form.QUERY_OR_WHOLE);

  /** {@code GET /a.jsp?b=c}, as the line of an access log has it. */
  static final RequestUri LINE = new RequestUri(Form.LINE);

  private static final EventType TYPE = EventType.HTTP_REQUEST;
  private static final int METHOD = TYPE.indexOf("method");
  private static final int PATH = TYPE.indexOf("path");
  private static final int QUERY = TYPE.indexOf("query");
  private final Form form;

  private RequestUri(Form form) {
    this.form = form;
  }

  private enum Form {
    WHOLE,
    QUERY_OR_WHOLE,
    LINE
  }

  @Override
  public @Nullable Object value(AgentEvent event) {
    String path = text(event, PATH);
    String query = text(event, QUERY);
    String whole = query.isEmpty() ? path : path + '?' + query;
    if (form == Form.LINE) {
      String method = text(event, METHOD);
      return method.isEmpty() ? whole : method + ' ' + whole;
    }
    if (whole.isEmpty()) {
      return null;
    }
    return form == Form.WHOLE || query.isEmpty() ? whole : List.of(query, whole);
  }

  private static String text(AgentEvent event, int position) {
    return event.value(position) instanceof String text ? text : "";
  }

  @Override
  public @Nullable RequiredTexts required(List<String> texts) {
    return JoinedTexts.required(texts, form == Form.LINE);
  }
}
