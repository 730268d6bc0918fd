//! Access to a bot's SQLite database from another connection.

use crate::fake::Folder;

/// Runs a query that returns a single number.
pub(crate) fn query(folder: &Folder, sql: &str) -> i64 {
    with_database(folder, async |connection| {
        let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()));
        query.fetch_one(connection).await.expect("a number")
    })
}

pub(crate) fn execute(folder: &Folder, sql: &str) {
    with_database(folder, async |connection| {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(connection).await;
        done.expect("a statement");
    });
}

/// Runs `work` while another connection holds an exclusive lock on the database.
pub(crate) fn while_locked(folder: &Folder, work: impl FnOnce()) {
    with_database(folder, async |connection| {
        let locked = sqlx::query("begin exclusive").execute(connection).await;
        locked.expect("a lock");
        work();
    });
}

fn with_database<T>(
    folder: &Folder,
    work: impl AsyncFnOnce(&mut sqlx::SqliteConnection) -> T,
) -> T {
    use sqlx::Connection;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut connection =
            sqlx::SqliteConnection::connect(&folder.sqlite()).await.expect("a database");
        work(&mut connection).await
    })
}
