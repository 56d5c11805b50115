<% for (int i = 0; i < 6; i++) { %><li><%= i * i %></li><% } %>${param.q}
