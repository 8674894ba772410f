-- The resources of one type in one account, without passing those of every other.
CREATE INDEX nodes_place ON nodes (type, account, urn);
