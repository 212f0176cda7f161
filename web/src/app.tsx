// The pages and their addresses. A page's code is loaded when it is opened.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { ApiError } from "./api/client";
import { noticeEndedSessions } from "./api/session";
import { CrashBoundary } from "./layout/crash_boundary";
import { NotFoundPage } from "./layout/not_found_page";
import { PageLoading } from "./layout/page_loading";
import { Shell } from "./layout/shell";
import { LibraryPage } from "./library/library_page";
import { ToastRegion } from "./ui/toasts";
import { UploadSession } from "./upload/upload_session";

const MyVideosPage = lazy(() => import("./library/my_videos_page"));
const UploadPage = lazy(() => import("./upload/upload_page"));
const WatchPage = lazy(() => import("./watch/watch_page"));
const SignInPage = lazy(() => import("./account/sign_in_page"));
const SignUpPage = lazy(() => import("./account/sign_up_page"));
const TokensPage = lazy(() => import("./account/tokens_page"));

// What the server refused for good isn't asked again.
const isFinal = (error: Error) => error instanceof ApiError && error.status >= 400 && error.status < 500;

const queries = new QueryClient({
  defaultOptions: {
    queries: { retry: (failures, error) => !isFinal(error) && failures < 2, staleTime: 10_000 },
  },
});
noticeEndedSessions(queries);

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <ToastRegion>
        <UploadSession />
        <Shell>
          <CrashBoundary>
            <Suspense fallback={<PageLoading />}>
              <Switch>
                <Route path="/" component={LibraryPage} />
                <Route path="/videos" component={MyVideosPage} />
                <Route path="/upload" component={UploadPage} />
                <Route path="/watch/:id">{({ id }) => <WatchPage key={id} id={id} />}</Route>
                <Route path="/login" component={SignInPage} />
                <Route path="/signup" component={SignUpPage} />
                <Route path="/tokens" component={TokensPage} />
                <Route component={NotFoundPage} />
              </Switch>
            </Suspense>
          </CrashBoundary>
        </Shell>
      </ToastRegion>
    </QueryClientProvider>
  );
}
