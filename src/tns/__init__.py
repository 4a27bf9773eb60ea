"""TNS Core: backend and console for people who look after Visual TNS installations."""
