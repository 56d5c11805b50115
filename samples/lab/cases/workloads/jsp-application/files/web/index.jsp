<%@ page session="true" %><html><%
  Integer n = (Integer) session.getAttribute("n");
  session.setAttribute("n", n == null ? 1 : n + 1);
%>visit ${sessionScope.n} <%@ include file="footer.jsp" %></html>
